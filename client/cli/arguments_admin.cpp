#include "client/cli/command_line.hpp"

namespace engram::client {

namespace {

constexpr const char* KEY_FOOTER = R"(
Once a key exists, sessions without one are refused: make an admin key first. The secret is shown
once.

Examples:
  engram key create --scope admin --label ada
  engram key create --scope read --space notes --label dashboard)";

const std::map<std::string, scope> SCOPES = {
    {"read", scope::read}, {"write", scope::write}, {"admin", scope::admin}};

} // namespace

void command_line::add_administration() {
  auto* space = app_.add_subcommand("space", "create, list, show or drop spaces");
  space->require_subcommand(1);
  auto* create =
      add(*space, "create", "make a space; the same again is the same space", space_create_);
  create->footer("\nExample:\n  engram space create notes\n"
                 "  engram space create faces --dimension 512 --language none");
  create->add_option("--dimension", space_create_.spec.dimension, "of embeddings; 0: text only");
  create->add_option("--language", space_create_.spec.language, "of texts (english)");
  create->add_option("NAME", space_create_.spec.name, "[a-z0-9][a-z0-9_-]{0,63}")->required();
  add(*space, "list", "all spaces that the key may see", space_list_);
  add(*space, "show", "one space", space_show_)
      ->add_option("NAME", space_show_.name, "name")
      ->required();
  auto* configure =
      add(*space, "configure", "set a register of the space's own configuration", space_configure_);
  configure->footer("\nExample:\n  engram space configure notes share_concepts on");
  configure->add_option("NAME", space_configure_.name, "name of the space")->required();
  configure->add_option("SETTING", space_configure_.setting, "share_concepts, decay.function, ...")
      ->required();
  configure->add_option("VALUE", space_configure_.value, "its value")->required();
  auto* drop = add(*space, "drop", "delete a space and all in it, for ever", space_drop_);
  drop->add_flag("--yes", space_drop_.yes, "do not ask");
  drop->add_option("NAME", space_drop_.name, "name")->required();

  auto* key = app_.add_subcommand("key", "create, list or revoke API keys");
  key->require_subcommand(1);
  auto* made = add(*key, "create", "make a key", key_create_);
  made->footer(KEY_FOOTER);
  made->add_option("--scope", key_create_.spec.scope, "read, write, admin")
      ->transform(CLI::CheckedTransformer(SCOPES, CLI::ignore_case).description(""));
  made->add_option("--label", key_create_.spec.label, "who it is for");
  made->add_option("--space", key_create_.spec.spaces, "only this space (repeat)")
      ->take_all()
      ->allow_extra_args(false);
  add(*key, "list", "all keys, without their secrets", key_list_);
  add(*key, "revoke", "end a key at once", key_revoke_)
      ->add_option("ID", key_revoke_.id, "id of the key")
      ->required();

  add(app_, "status", "how the node is; exit code 0 when it serves", status_);
  add(app_, "version", "versions of this program and of the node", version_);
  auto* completion = add(app_, "completion", "print a completion script", completion_);
  completion->footer("\nExample:\n  source <(engram completion bash)");
  completion->add_option("SHELL", completion_.shell, "bash or zsh")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh"}));
}

} // namespace engram::client
